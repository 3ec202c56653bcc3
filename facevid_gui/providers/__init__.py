"""Floor 1: how each Tencent service is asked (requests, signatures, tickets) and what its codes mean."""
