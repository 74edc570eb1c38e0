namespace SandboxOperator.Api.Sessions;

/// <summary>How a session got its sandbox.</summary>
public static class SessionLaunch
{
    /// <summary>From a pool.</summary>
    public const string Warm = "Warm";

    /// <summary>Made for it.</summary>
    public const string Cold = "Cold";
}
