import ArgumentParser
import DeliveryModel
import DeliveryStore
import Foundation
import SystemPackage

/// `data-connector health`: whether the service answers, for containers and supervisors.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Exit 0 if the service that uses the state directory responds.")

    @OptionGroup var state: StateArguments

    func run() async throws {
        let console = Console()
        try await reportingErrors(on: console) {
            let (directory, listen) = await state.service()
            var addresses: [HealthProbe.Address] = []
            let socket = directory.controlSocket
            if access(socket.string, F_OK) == 0 { addresses.append(.socket(socket.string)) }
            if let listen { addresses.append(.port(host: listen.host, port: listen.port)) }
            guard !addresses.isEmpty else {
                throw DeliveryError(.configuration, "No service: there is no \(socket), and LISTEN is not set.")
            }
            var fault = ""
            for address in addresses {
                switch HealthProbe.ask(address) {
                case .success: return try Console.result("healthy")
                case .failure(let failure): fault = failure.description
                }
            }
            throw DeliveryError(.configuration, "The service is not responding: \(fault).")
        }
    }
}
