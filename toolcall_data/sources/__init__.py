"""Where rows come from: files in every shape they have on disk, read as a stream."""
