"""The Processor: watches one camera, reads the texts it shows and stores them in the Repository."""
