"""The web door: pages for end users, administrators and rule authors over the runtime's two gates."""
