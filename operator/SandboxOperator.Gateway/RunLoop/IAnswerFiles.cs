using SandboxOperator.Gateway.Conversation;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Finds the files that answers link.</summary>
internal interface IAnswerFiles
{
    /// <summary>The id of the file that a link leads to, delivered from the sandbox if need be; null when there is none.</summary>
    Task<string?> FindAsync(AnswerLink link, CancellationToken cancellationToken);
}
