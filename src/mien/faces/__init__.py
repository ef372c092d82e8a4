"""Detection, landmarks, pose, and the one canonical template for every crop in the house."""
