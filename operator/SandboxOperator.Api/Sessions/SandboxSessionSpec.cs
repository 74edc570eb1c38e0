using SandboxOperator.Api.Resources;
using SandboxOperator.Api.Schema;

namespace SandboxOperator.Api.Sessions;

/// <summary>What a session should be: the lifetime of one thread's sandbox.</summary>
[ValidationRule(
    "!has(oldSelf.threadId) || (has(self.threadId) && self.threadId == oldSelf.threadId)",
    "threadId cannot change; create another session"
)]
public sealed record SandboxSessionSpec
{
    /// <summary>The project that the session belongs to; only its API keys see the session. Cannot change.</summary>
    [Length(1, 128), Pattern(@"^\S(.*\S)?$")]
    [ValidationRule("self == oldSelf", "project cannot change; create another session")]
    public string Project { get; set; } = "default";

    /// <summary>The thread that the session belongs to. Cannot change once it is set.</summary>
    [Length(1, 128), Pattern("^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")]
    public string? ThreadId { get; set; }

    /// <summary>The SandboxRuntime that the sandbox is made from. Cannot change.</summary>
    [ValidationRule("self == oldSelf", "runtimeRef cannot change; create another session")]
    public LocalReference RuntimeRef { get; set; } = new() { Name = "default" };

    /// <summary>How long after its last use the session ends, for example 90s, 30m or 1h30m; a second to a week.</summary>
    [Length(2, 32), Pattern(GoDuration.Pattern)]
    [ValidationRule(
        "duration(self) >= duration('1s') && duration(self) <= duration('168h')",
        "idleTimeout must lie between 1s and 168h"
    )]
    public string IdleTimeout { get; set; } = "1h";

    /// <summary>How long after its start the session ends even when it is in use. No limit when absent.</summary>
    [Length(2, 32), Pattern(GoDuration.Pattern)]
    [ValidationRule(
        "duration(self) >= duration('1s') && duration(self) <= duration('8760h')",
        "maxLifetime must lie between 1s and 8760h"
    )]
    public string? MaxLifetime { get; set; }

    /// <summary>How long the object stays after the session has ended; 0s removes it at once.</summary>
    [Length(2, 32), Pattern(GoDuration.Pattern)]
    [ValidationRule("duration(self) <= duration('8760h')", "ttlAfterExpired must not exceed 8760h")]
    public string TtlAfterExpired { get; set; } = "1h";

    /// <summary>
    /// Gives the sandbox up while the session goes on: its variables and files are lost, its lifetime is not. Set it to
    /// false again and the session gets another sandbox.
    /// </summary>
    public bool Suspend { get; set; }
}
