"""What is known of the Shona language: spelling, sounds, phrases. Pure: no model, no clock, no await."""
