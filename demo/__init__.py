"""Play the paper's storyboard on the test bed: two providers, a chain, a camera in Korea, text in Italy."""
