"""Corpora become tables of samples; views and samplers turn tables into batches."""
