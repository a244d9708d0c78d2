package latestrict

func Work() {}
