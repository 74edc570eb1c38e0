namespace SandboxOperator.Api.Resources;

/// <summary>Annotations on sessions.</summary>
public static class SandboxAnnotations
{
    /// <summary>When the session was last used: RFC 3339, written by the gateway. A time in the future counts as now.</summary>
    public const string LastActivity = ResourceGroup.Name + "/last-activity";
}
