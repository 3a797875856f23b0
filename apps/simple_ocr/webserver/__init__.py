"""The Webserver: shows the newest texts of each camera, as a page and as JSON."""
