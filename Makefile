# The same names as run.py, for fingers that know make. More words: make demo ARGS="--port 9000"
.PHONY: setup demo test check torture bench help
.DEFAULT_GOAL := help

setup demo test check torture bench help:
	@python3 run.py $@ $(ARGS)
