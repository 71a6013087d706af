"""The engines that speak: Google Cloud Text-to-Speech, and eSpeak NG."""
