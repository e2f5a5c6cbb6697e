public import ShowAdsAPI

/// Faults of which only the kind matters.
extension APIOutcome.Fault {
    public static func status(_ code: Int) -> Self { Self(.status(code)) }
    public static var timeout: Self { Self(.timeout) }
    public static var reset: Self { Self(.reset) }
    public static var connect: Self { Self(.connect(.refused)) }
    public static var dns: Self { Self(.dns) }
    public static var tls: Self { Self(.tls) }
    public static var webPage: Self { Self(.webPage(status: 200)) }
    public static var noToken: Self { Self(.noToken) }
}
