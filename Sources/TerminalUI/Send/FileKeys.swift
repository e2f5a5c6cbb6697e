import CustomerRecords

extension Model {
    /// The keys that the selected file calls for, the most important one first; without a file, those that find one.
    /// Enter stands first, and next to it the key that does the same with this file.
    var keysOfFile: [Action] {
        guard let path = send.browser.selectedFile else { return [.open, .typePath, .filter] }
        let reading = send.reading(of: path)
        var wanted: [Action] = [.open]
        func want(_ action: Action, _ isWanted: Bool) {
            if isWanted, !wanted.contains(action) { wanted.append(action) }
        }
        switch send.preview {
        case .unmapped(path, let source):
            want(.encoding, send.needsEncoding(path, source))
            want(.columns, true)
        case .failed(path, let message):
            want(.start, true)
            want(.encoding, message.contains("--encoding"))
        case .none, .loading, .failed, .loaded, .unmapped: want(.start, true)
        }
        let report = send.dryRun.flatMap { $0.path == path ? $0.report : nil }
        want(.encoding, report?.notices[.notText] != nil)
        // Many rejected records are a sign of misread columns.
        want(.columns, report.map { $0.read > 0 && $0.rejected * 10 >= $0.read } ?? false)
        want(.names, report?.rejections[.name] != nil || reading.nameFormat != nil)
        for action in [Action.columns, .encoding, .ages] { want(action, true) }
        return wanted
    }
}
