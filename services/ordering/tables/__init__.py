"""The tables of this service, by what they are about; `models` names them all."""
