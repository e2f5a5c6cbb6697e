import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    mutating func performSend(_ action: Action) -> [Effect] {
        let browser = send.browser
        if send.browser.cursor.move(action, count: browser.rows.count, page: page) { return selectionChanged() }
        switch action {
        case .open, .right: return open(browser.selected, isEnter: action == .open)
        case .left, .parent: return openFolder(Self.parent(of: browser.directory), leaving: browser.directory)
        case .home: return openFolder(setup.home)
        case .hidden:
            send.browser.showsHidden.toggle()
            toast(.info, send.browser.showsHidden ? "Showing hidden files" : "Hiding hidden files")
            return rearrangeBrowser()
        case .filter:
            send.browser.isFiltering = true
            if browser.filter.isEmpty { send.browser.filterOrigin = browser.selected }
        case .findNext, .findPrevious:
            send.browser.cursor.move(by: action == .findNext ? 1 : -1, count: browser.rows.count, page: page)
            return selectionChanged()
        case .typePath:
            let folder = browser.directory == "/" ? "/" : browser.directory + "/"
            overlays.append(.path(PathPrompt(purpose: .open, field: TextField(folder), filledIn: folder)))
            return [.completePath(folder)]
        case .ages: focus(.minimumAge)
        case .sendWindow: focus(.window)
        case .dailyLimit: focus(.dailyLimit)
        case .onlyNew: focus(.onlyNew)
        case .dryRun: return toggleDryRun()
        case .columns: return askMapping()
        case .encoding: return openEncoding()
        case .names: return changeNames()
        case .start: return askStart()
        default: ignore(action)
        }
        return []
    }

    private mutating func open(_ row: Browser.Row?, isEnter: Bool) -> [Effect] {
        switch row {
        case .parent:
            return isEnter ? openFolder(Self.parent(of: send.browser.directory), leaving: send.browser.directory) : []
        case .entry(let entry) where entry.isFolder: return openFolder(send.browser.path(of: entry.name))
        case .entry, .recent: return isEnter ? perform(.start) : []
        case .none: return []
        }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// The same path without doubled slashes, one at its end, and parts that say `.`.
    static func tidied(_ path: String) -> String {
        "/" + path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    mutating func openFolder(_ path: String, leaving: String? = nil) -> [Effect] {
        let hidden = send.browser.showsHidden
        send.browser = Browser(directory: path)
        send.browser.showsHidden = hidden
        send.browser.setRecents(preferences.recentFiles, page: page)
        // Going up puts the cursor on the folder that one came from.
        wantedName = leaving.map(Self.name(of:))
        return [.listDirectory(path)]
    }

    mutating func takeDirectory(_ path: String, _ answer: DeliveryResult<[Browser.Entry]>) -> [Effect] {
        guard path == send.browser.directory else { return [] }
        switch answer {
        case .success(let entries):
            send.browser.show(entries, page: page(of: .send))
            send.browser.readAt = now
            if let name = wantedName { send.browser.select(name: name, page: page(of: .send)) }
            wantedName = nil
            let isNew = preferences.directory != path
            preferences.directory = path
            return (isNew ? [.savePreferences(preferences)] : []) + [.watch(path)] + selectionChanged() + followFile()
        case .failure(let error):
            send.browser.fail(error.message)
            // It may come back: a folder is often removed and made again by what writes into it.
            return [.watch(path)] + selectionChanged()
        }
    }

    mutating func takeFolderChange() -> [Effect] {
        send.browser.isOutdated = true
        return SendScreen.tick(&self)
    }

    /// The file under the cursor has another content than the one that is shown: it is read again.
    private mutating func followFile() -> [Effect] {
        guard case .entry(let entry) = send.browser.selected, let path = send.browser.selectedFile,
            let version = send.version(of: path), version != entry.version, entry.version != FileVersion()
        else { return [] }
        return readAgain(path)
    }

    mutating func takeOpened(_ typed: String, _ answer: DeliveryResult<PathKind>) -> [Effect] {
        let path = Self.tidied(typed)
        closePrompt(answer)
        switch answer {
        case .success(.folder): return openFolder(path)
        case .success(.file):
            let folder = Self.parent(of: path)
            _ = openFolder(folder)
            let name = Self.name(of: path)
            wantedName = name
            send.browser.given = name
            send.wantsMapping = path
            return [.listDirectory(folder, including: name)]
        case .failure:
            return send.browser.isLoading
                ? [.listDirectory(send.browser.directory, including: send.browser.given)] : []
        }
    }

    /// The file under the cursor is another one: its preview and its dry run take the place of the old ones.
    mutating func selectionChanged() -> [Effect] {
        guard let path = send.browser.selectedFile else {
            let wasCounting = send.dryRun != nil
            send.preview = .none
            send.dryRun = nil
            return wasCounting ? [.cancelDryRun] : []
        }
        guard send.preview.path != path else { return [] }
        return readAgain(path)
    }

    mutating func rearrangeBrowser() -> [Effect] {
        send.browser.arrange(
            keeping: send.browser.filterOrigin ?? send.browser.selected, page: page(of: .send))
        if send.browser.filter.isEmpty, !send.browser.isFiltering { send.browser.filterOrigin = nil }
        return selectionChanged()
    }

    mutating func takePreview(_ path: String, _ answer: DeliveryResult<FilePreview>) -> [Effect] {
        guard send.preview.path == path else { return [] }
        switch answer {
        case .success(let preview):
            if let effects = readAsLastTime(path, preview) { return effects }
            if send.wantsMapping == path { send.wantsMapping = nil }
            send.preview = .loaded(path: path, preview)
            updateStartQuestion(path, preview.version)
        case .failure(let error):
            send.preview = .failed(path: path, message: error.message)
            send.dryRun = nil
            return [.cancelDryRun]
        }
        return []
    }

    mutating func takeDryRun(_ path: String, _ answer: DeliveryResult<DryRunReport>) -> [Effect] {
        guard send.dryRun?.path == path, send.dryRun?.isStopped == false else { return [] }
        switch answer {
        case .success(let report):
            send.dryRun?.report = report
            return lookForSent() + compareWithList()
        case .failure(let error): send.dryRun?.problem = error.message
        }
        return []
    }

    private mutating func toggleDryRun() -> [Effect] {
        guard let path = send.browser.selectedFile else { return [] }
        if let running = send.dryRun, !running.report.isFinished, !running.isStopped, running.problem == nil {
            send.dryRun?.isStopped = true
            return [.cancelDryRun]
        }
        send.dryRun = SendModel.DryRun(path: path)
        return [.dryRun(path, send.reading(of: path))]
    }
}
