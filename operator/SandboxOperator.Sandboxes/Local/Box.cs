using SandboxOperator.Sandboxes.Local.Limits;
using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>One sandbox: its folder, its record, and its agent while it runs. Whoever holds it is alone with it.</summary>
internal sealed class Box(SandboxFolder folder, SandboxRecord record, ControlGroups groups)
{
    public SandboxFolder Folder { get; } = folder;

    public ControlGroups Groups { get; } = groups;

    public SandboxRecord Record { get; private set; } = record;

    public RunningAgent? Agent { get; set; }

    public bool Runs => Agent is { Process.HasEnded: false };

    /// <summary>Changes the record, on disk first.</summary>
    public void Update(SandboxRecord record)
    {
        Folder.Write(record);
        Record = record;
    }
}
