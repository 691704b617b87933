"""Are we ready? Plan, duty roster, playbooks, templates, training, drills."""
