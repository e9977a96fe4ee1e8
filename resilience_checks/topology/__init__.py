"""Station 3: graphs and declarations become one Estate."""
