namespace SandboxOperator.Api.Resources;

/// <summary>Annotations on sessions.</summary>
public static class SandboxAnnotations
{
    /// <summary>When the session was last used: RFC 3339, written by the gateway. A time in the future counts as now.</summary>
    public const string LastActivity = ResourceGroup.Name + "/last-activity";

    /// <summary>
    /// The trace that waits for the session's sandbox: a W3C <c>traceparent</c>, written by the gateway. What the
    /// controller does until the sandbox is ready joins it.
    /// </summary>
    public const string TraceParent = ResourceGroup.Name + "/traceparent";
}
