import CustomerRecords
import DeliveryModel
import Testing

@testable import ConnectorCommands

@Suite("Durations, addresses and numbers are read and written as people do")
struct ArgumentTextTests {
    @Test(
        "a duration is a number with a unit, seconds without one",
        arguments: [
            ("90", Duration.seconds(90)), ("90s", .seconds(90)), ("500ms", .milliseconds(500)), ("5m", .seconds(300)),
            ("2h", .seconds(7200)), ("1.5m", .seconds(90)), ("90d", .seconds(7_776_000)),
        ])
    func duration(_ text: String, _ expected: Duration) {
        #expect(Duration(argument: text) == expected)
    }

    @Test(
        "what is not a duration, or none at all, is refused",
        arguments: ["", "s", "m5", "0", "0s", "-1s", "5 m", "5w", "nan", "inf", "1e300"])
    func noDuration(_ text: String) {
        #expect(Duration(argument: text) == nil)
    }

    @Test(
        "an address is a port, with or without a host",
        arguments: [
            ("5000", ListenAddress(host: "127.0.0.1", port: 5000)),
            (":5000", ListenAddress(host: "127.0.0.1", port: 5000)),
            ("0.0.0.0:80", ListenAddress(host: "0.0.0.0", port: 80)),
            ("[::1]:5000", ListenAddress(host: "::1", port: 5000)),
            ("localhost:0", ListenAddress(host: "localhost", port: 0)),
        ])
    func address(_ text: String, _ expected: ListenAddress) {
        #expect(ListenAddress(argument: text) == expected)
    }

    @Test(
        "what is not an address is refused", arguments: ["", "host", "host:", "65536", "-1", "127.0.0.1:port"])
    func noAddress(_ text: String) {
        #expect(ListenAddress(argument: text) == nil)
    }

    @Test(
        "numbers are grouped by thousands",
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000"), (-100, "-100"),
        ])
    func number(_ value: Int, _ text: String) {
        #expect(value.grouped == text)
    }

    @Test(
        "durations are as exact as they are short",
        arguments: [
            (0.25, "0.25 s"), (5, "5 s"), (12.7, "13 s"), (61, "1m 01s"), (3661, "1h 01m"),
        ])
    func time(_ seconds: Double, _ text: String) {
        #expect(SummaryText.time(seconds) == text)
    }

    @Test("the help without a command names the commands and the options of a delivery")
    func wholeHelp() {
        let help = DataConnectorCommand.wholeHelp(columns: 80)
        for part in ["upload-file", "sandbox", "--headless", "--listen", "--min-age", "--give-up-after"] {
            #expect(help.contains(part))
        }
    }
}
