"""The shipped exam of each port; finds implementations by discovery."""
