namespace SandboxOperator.Gateway.Streaming;

/// <summary>The events of a run's stream. Those of a run or step that has changed status are made from the status.</summary>
internal static class RunEventNames
{
    public const string ThreadCreated = "thread.created";
    public const string RunCreated = "thread.run.created";
    public const string StepCreated = "thread.run.step.created";
    public const string StepDelta = "thread.run.step.delta";
    public const string MessageCreated = "thread.message.created";
    public const string MessageDelta = "thread.message.delta";
    public const string Error = "error";
    public const string Done = "done";

    /// <summary>For example <c>thread.run.in_progress</c>.</summary>
    public static string Run(string status) => "thread.run." + status;

    /// <summary>For example <c>thread.run.step.completed</c>.</summary>
    public static string Step(string status) => "thread.run.step." + status;

    /// <summary>For example <c>thread.message.incomplete</c>.</summary>
    public static string Message(string status) => "thread.message." + status;
}
