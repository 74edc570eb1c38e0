namespace SandboxOperator.Gateway.Options;

/// <summary>Where the gateway listens. Section <c>Listen</c>.</summary>
internal sealed class ListenOptions
{
    public const string Section = "Listen";

    /// <summary>An address, or <c>*</c> for every one. Also <c>HOST</c>.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>0 takes a free one. Also <c>PORT</c>.</summary>
    public int Port { get; set; } = 8080;

    /// <summary>Connections at once; more are closed as they come.</summary>
    public int MaxConnections { get; set; } = 4096;

    /// <summary>How long a caller may take to send a request's headers.</summary>
    public double HeaderSeconds { get; set; } = 30;

    /// <summary>The slowest a caller may send a body or read an answer, in bytes a second.</summary>
    public double MinBytesPerSecond { get; set; } = 240;

    /// <summary>How long open requests may go on after a stop was asked for.</summary>
    public int ShutdownSeconds { get; set; } = 20;
}
