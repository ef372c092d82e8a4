"""Phrases as vectors, by a frozen sentence encoder on ONNX Runtime."""
