namespace SandboxOperator.Sandboxes.Local.Limits;

/// <summary>A value in a file of a control group.</summary>
internal sealed record GroupSetting(string File, string Value, bool Optional = false);
