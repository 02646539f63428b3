"""The world around a real gochron process: targets to watch, receivers to tell, a client that checks every answer."""
