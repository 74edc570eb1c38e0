namespace SandboxOperator.Gateway.RunLoop;

/// <summary>What is to be done about a tool call.</summary>
internal enum ToolCallKind
{
    /// <summary>Nothing: no tool of the run has that name.</summary>
    Unknown,

    /// <summary>The sandbox runs it.</summary>
    Python,

    /// <summary>The application answers it.</summary>
    Function,
}
