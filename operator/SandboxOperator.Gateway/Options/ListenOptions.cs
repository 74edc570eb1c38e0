namespace SandboxOperator.Gateway.Options;

/// <summary>Where the gateway listens. Section <c>Listen</c>.</summary>
internal sealed class ListenOptions
{
    public const string Section = "Listen";

    /// <summary>An address, or <c>*</c> for every one. Also <c>HOST</c>.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>0 takes a free one. Also <c>PORT</c>.</summary>
    public int Port { get; set; } = 8080;

    /// <summary>How long open requests may go on after a stop was asked for.</summary>
    public int ShutdownSeconds { get; set; } = 20;
}
