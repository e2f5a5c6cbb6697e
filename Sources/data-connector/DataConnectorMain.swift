import ConnectorCommands

@main
enum DataConnectorMain {
    static func main() async {
        await DataConnectorCommand.start()
    }
}
