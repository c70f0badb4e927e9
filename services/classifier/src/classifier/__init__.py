"""Says what an appeal is, who must act, and whether somebody is in danger now."""
