"""Programs that measure: `./run bench`. Each prints its ratio to a bound, the least that a correct server must do."""
