"""What a connector author imports: the manifest, and the parts that every connector shares."""
