"""What the lab shows people: contact sheets, sheets of units, clips as video, replays, figures."""
