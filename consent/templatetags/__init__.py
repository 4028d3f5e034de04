"""What templates of this room need to say things."""
