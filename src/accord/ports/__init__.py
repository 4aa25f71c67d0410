"""Small protocols between the pure core's shell and the world: what a connector, a store and a clock must do."""
