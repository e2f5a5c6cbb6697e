import ArgumentParser
import DeliveryModel
import DeliveryStore
import DropFolder
import Foundation
import ShowAdsAPI
import SystemPackage

/// `data-connector doctor`: checks everything that a delivery needs.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the configuration, API, clock, files, and terminal.",
        discussion: "Nothing is sent or changed. Exit status 1 when something is wrong. No line shows a secret.")

    @Flag(help: "Print an array of findings as JSON.")
    var json = false

    @OptionGroup var watching: WatchArguments
    @OptionGroup var delivery: DeliveryArguments

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let options = delivery.options.merging(watching.options) { $1 }
        let configuration = await ConfigurationCheck(
            options: options, environment: environment, file: delivery.state.config)
        var findings = configuration.findings
        let settings = configuration.settings
        func text(_ name: SettingName) -> String? { (try? configuration.layers?.string(name)) ?? nil }
        let api = APICheck(
            url: settings?.apiURL ?? text(.apiURL), key: settings?.projectKey ?? text(.projectKey),
            proxies: settings?.connection.proxies ?? .none
        ) {
            guard let settings else { throw DeliveryError(.configuration, "the configuration can't be used") }
            return try Connector.client($0, key: $1, settings)
        }
        findings += await api.findings()
        let path = settings?.stateDirectory ?? FilePath(text(.stateDir) ?? Settings.defaultState(environment))
        let state = StateDirectory(path: path)
        findings += await StateCheck.findings(
            state, unsent: settings?.unsentDirectory ?? state.unsent, minimumFree: settings?.minimumFree, settings)
        if let folder = settings?.watched?.folder {
            findings.append(
                access(folder.string, R_OK | W_OK | X_OK) == 0
                    ? .ok("drop folder", folder.string)
                    : .failed("drop folder", "\(folder): \(Errno(rawValue: errno))"))
        }
        findings += TerminalCheck.findings(environment)
        if json {
            try Console.result(try SummaryJSON.text(findings))
        } else {
            for finding in findings { try Console.result(finding.line) }
        }
        if findings.contains(where: { $0.status == .failed }) { throw ExitCode.failure }
    }
}
