"""An invented board with two schools, and a door without a password. Only exists with DEMO on."""
