import CustomerRecords
import DeliveryModel
import Foundation
import TerminalKit

/// The screen where a file is picked and sent.
struct SendModel: Sendable {
    enum Preview: Hashable, Sendable {
        case none
        case loading(path: String)
        case loaded(path: String, FilePreview)
        case failed(path: String, message: String)
        /// Which of its columns are delivered has to be said first.
        case unmapped(path: String, SourceColumns)

        var path: String? {
            switch self {
            case .none: nil
            case .loading(let path), .loaded(let path, _), .failed(let path, _), .unmapped(let path, _): path
            }
        }
    }

    struct DryRun: Hashable, Sendable {
        var path: String
        var report = DryRunReport()
        var problem: String?
        var isStopped = false
    }

    enum Field: Int, CaseIterable, Hashable, Sendable {
        case minimumAge, maximumAge, concurrency, rate, window, dailyLimit, onlyNew

        var isNumber: Bool { self != .window && self != .onlyNew }
        /// How many characters fit.
        var maximumCharacters: Int {
            switch self {
            case .minimumAge, .maximumAge, .concurrency, .rate, .dailyLimit: 9
            case .window: 64
            case .onlyNew: 64
            }
        }
    }

    var browser: Browser
    /// The drop folder, when one is watched.
    var dropFolder: FolderSnapshot?
    var dropFolderAsked = Date.distantPast
    var preview = Preview.none
    var dryRun: DryRun?
    /// Which records of the file are new to the list that is typed.
    var newCount: NewCount?
    /// What is known of files' contents, by their paths.
    var sentContents: [String: SentContent] = [:]
    /// What the operator decided about files, by their paths.
    var readings: [String: FileReading] = [:]
    /// Files whose encoding the operator has chosen, if only to leave it as it is.
    var decidedEncodings: Set<String> = []
    /// When it was last asked whether a content was sent before.
    var sentAsked = Date.distantPast
    /// The file that was asked for by its name: if its columns aren't understood, they are asked for.
    var wantsMapping: String?
    /// The field that is being typed in; `nil` while the browser has the keys.
    var field: Field?
    var fields: [Field: TextField]
    /// As they were before they were typed in.
    var fieldsBefore: [Field: TextField]?
    /// Those that were typed in since then: they follow nobody else's changes.
    var edited: Set<Field> = []

    init(directory: String, filter: AgeFilter, concurrency: Int, rate: Int?, onlyNew: String? = nil) {
        browser = Browser(directory: directory)
        fields = [
            .minimumAge: TextField(String(filter.minimum)),
            .maximumAge: TextField(filter.maximum.map(String.init) ?? ""),
            .concurrency: TextField(String(concurrency)),
            .rate: TextField(rate.map(String.init) ?? ""),
            .window: TextField(""), .dailyLimit: TextField(""), .onlyNew: TextField(onlyNew ?? ""),
        ]
    }

    func reading(of path: String) -> FileReading { readings[path] ?? FileReading() }

    func text(_ field: Field) -> String { fields[field]?.text.trimmingPrefix(" ").description ?? "" }

    /// What is wrong with a field as it stands.
    func problem(_ field: Field) -> String? {
        let text = text(field)
        let number = Int(text)
        switch field {
        case .minimumAge:
            if text.isEmpty { return nil }
            guard let number, (0...150).contains(number) else { return "0 to 150" }
            return filter == nil && problem(.maximumAge) == nil ? "above maximum" : nil
        case .maximumAge:
            if text.isEmpty { return nil }
            guard let number, (0...150).contains(number) else { return "0 to 150" }
            return nil
        case .concurrency:
            let allowed = PacingLimits.concurrency
            guard let number, allowed.contains(number) else { return "1 to \(allowed.upperBound)" }
            return nil
        case .rate, .dailyLimit:
            if text.isEmpty { return nil }
            guard let number, number > 0 else { return "1 or more" }
            return nil
        case .window: return text.isEmpty || SendWindow(argument: text) != nil ? nil : "08:00-20:00"
        case .onlyNew: return text.isEmpty || DeliveryListName.fault(text) == nil ? nil : "letters, digits, - _ ."
        }
    }

    /// Hours and limit as they are typed; `nil` while they make no sense.
    var schedule: SendSchedule? {
        guard problem(.window) == nil, problem(.dailyLimit) == nil else { return nil }
        let window = text(.window).trimmingCharacters(in: .whitespaces)
        return SendSchedule(window: window.isEmpty ? nil : window, dailyLimit: Int(text(.dailyLimit)))
    }

    /// The list of which only new records are sent; `nil` sends all.
    var list: String? {
        let name = text(.onlyNew)
        return name.isEmpty || problem(.onlyNew) != nil ? nil : name
    }

    /// The ages that are sent; `nil` while the fields make no sense. An empty minimum is 0.
    var filter: AgeFilter? {
        let (low, high) = (text(.minimumAge), text(.maximumAge))
        let range = 0...150
        guard let minimum = low.isEmpty ? 0 : Int(low), range.contains(minimum) else { return nil }
        guard high.isEmpty || Int(high).map(range.contains) == true else { return nil }
        let filter = AgeFilter(minimum: minimum, maximum: Int(high))
        return filter.isSatisfiable ? filter : nil
    }

    var concurrency: Int? { problem(.concurrency) == nil ? Int(text(.concurrency)) : nil }
    /// `.some(nil)` means no limit.
    var rate: Int?? { problem(.rate) == nil ? .some(Int(text(.rate))) : nil }
}
