package late

func Work() {}
