namespace SandboxOperator.Api.Sessions;

/// <summary>States of a session, in one word.</summary>
public static class SessionPhases
{
    /// <summary>It has no sandbox yet.</summary>
    public const string Pending = "Pending";

    /// <summary>Its sandbox is starting.</summary>
    public const string Starting = "Starting";

    /// <summary>Code can run.</summary>
    public const string Ready = "Ready";

    /// <summary>It goes on without a sandbox, as its spec asks.</summary>
    public const string Suspended = "Suspended";

    /// <summary>It is over.</summary>
    public const string Expired = "Expired";

    /// <summary>It cannot start; its conditions say why.</summary>
    public const string Failed = "Failed";
}
