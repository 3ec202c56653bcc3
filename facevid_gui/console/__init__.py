"""Floor 4: the commands of `facevid`: arguments in, words or one JSON document out."""
