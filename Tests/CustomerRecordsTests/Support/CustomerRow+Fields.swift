import CustomerRecords

extension CustomerRow {
    init(line: Int, name: String, age: String, cookie: String, bannerID: String) {
        self.init(line: line, RecordFields(name: name, age: age, cookie: cookie, bannerID: bannerID))
    }
}

extension RecordFields {
    /// In the order of the header.
    init(_ texts: [String]) {
        self.init(name: texts[0], age: texts[1], cookie: texts[2], bannerID: texts[3])
    }
}
