namespace SandboxOperator.Sandboxes.Local.Sessions;

/// <summary>Names one process beyond doubt: ids are used again, an id with its start time is not.</summary>
internal sealed record ProcessRecord(int Pid, ulong StartTicks);
