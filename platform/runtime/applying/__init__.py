"""A plan is carried out: in four stages, each restartable, online for readers and writers."""
