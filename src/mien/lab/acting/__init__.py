"""What faces do over time: emotions elicited, blinks, gaze, speech, habits, whole clips."""
