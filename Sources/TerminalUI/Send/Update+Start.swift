import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func askStart() -> [Effect] {
        guard let path = send.browser.selectedFile, let filter = send.filter else { return [] }
        // What can't be read yet is asked about first.
        if case .unmapped(path, let source) = send.preview { return askColumns(path, source) }
        guard !isAPIMissing else {
            openSettings()
            toast(
                .info,
                setup.apiURL.isEmpty
                    ? "Set the API address first, then start again" : "Set the project key first, then start again")
            return []
        }
        ask(
            .start(
                StartRequest(
                    path: path, filter: filter, version: send.version(of: path), reading: send.reading(of: path),
                    onlyNew: send.list)))
        // The file may have been replaced since it was read: what is asked about is looked at again.
        return [.lookAgain(path)]
    }

    mutating func takeLook(_ path: String, _ answer: DeliveryResult<FileVersion>) -> [Effect] {
        guard send.preview.path == path else { return [] }
        switch answer {
        case .success(let version):
            updateStartQuestion(path, version)
            guard let known = send.version(of: path), known != version else { return [] }
            return readAgain(path)
        case .failure(let error):
            send.preview = .failed(path: path, message: error.message)
            send.dryRun = nil
            return [.cancelDryRun]
        }
    }

    /// The file is another one than the one that was asked about: it is read again, and asked about again.
    mutating func takeChangedSource(_ request: StartRequest, isGone: Bool) -> [Effect] {
        let path = request.path
        let isShown = send.preview.path == path
        guard !isGone else {
            toast(.bad, "\(Self.name(of: path)) is gone. Nothing was sent.")
            return isShown ? [.lookAgain(path)] : []
        }
        guard isShown else {
            toast(.bad, "\(Self.name(of: path)) changed after it was read. Nothing was sent.")
            return []
        }
        toast(.bad, "\(Self.name(of: path)) changed after it was read. Check the new numbers.")
        ask(.start(request))
        return [.lookAgain(path)] + readAgain(path)
    }

    /// A question that stands there is about the file as it was read when it was asked. About another one it is not
    /// answered by a key that was pressed for that.
    mutating func updateStartQuestion(_ path: String, _ version: FileVersion) {
        guard let (index, asked) = openStartQuestion(about: path) else { return }
        if let known = asked.version, known != version {
            overlays.remove(at: index)
            toast(.bad, "\(Self.name(of: path)) changed after it was read. Check the new numbers.")
            return
        }
        var request = asked
        request.version = version
        overlays[index] = .confirmation(Confirmation(.start(request)))
    }

    /// Nor is it answered about the same file when that is read in another way.
    private mutating func closeOtherReading(_ path: String) {
        guard let (index, request) = openStartQuestion(about: path), request.reading != send.reading(of: path) else {
            return
        }
        overlays.remove(at: index)
        toast(.warning, "\(Self.name(of: path)) is read differently now. Check the new numbers.")
    }

    /// The open question whether a file is to be sent.
    func openStartQuestion(about path: String) -> (index: Int, request: StartRequest)? {
        for (index, overlay) in overlays.enumerated() {
            guard case .confirmation(let confirmation) = overlay, case .start(let request) = confirmation.subject,
                request.path == path
            else { continue }
            return (index, request)
        }
        return nil
    }

    mutating func readAgain(_ path: String) -> [Effect] {
        closeOtherReading(path)
        send.preview = .loading(path: path)
        send.dryRun = SendModel.DryRun(path: path)
        send.newCount = nil
        // Nothing is counted by another choice of columns than the one that was made.
        if send.reading(of: path).isPending { return [.cancelDryRun, .readTitles(path, send.reading(of: path))] }
        return [.preview(path, send.reading(of: path)), .dryRun(path, send.reading(of: path))]
    }

    mutating func takeStarted(_ answer: DeliveryResult<RunID>, _ path: String) -> [Effect] {
        switch answer {
        case .success(let id):
            run.selected = id
            run.eventsTop = 0
            if let report = send.dryRun?.report, send.dryRun?.path == path, report.isFinished {
                run.counted[id] = report.read
            }
            preferences.remember(file: path)
            toast(.good, "Run \(id) started")
            var effects: [Effect] = [.savePreferences(preferences)]
            if screen == .send { effects += go(to: .run) }
            effects += forgetUnsent()
            send.browser.setRecents(preferences.recentFiles, page: page(of: .send))
            return effects
        case .failure(let error):
            toast(.bad, error.message)
            return []
        }
    }
}
