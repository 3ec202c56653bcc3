"""facevid_gui: look up, review and keep the face videos of Tencent e-sign and KYC orders."""

__version__ = "0.1.0"
