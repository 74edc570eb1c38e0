namespace SandboxOperator.Gateway.Upstream;

/// <summary>Why a model's turn failed.</summary>
internal enum ModelFailure
{
    /// <summary>No answer, 5xx, a broken stream.</summary>
    Server,

    /// <summary>429 until the time was over, or a quota that is used up.</summary>
    RateLimited,

    /// <summary>The conversation does not fit the model's context: drop the oldest turns and ask again.</summary>
    ContextLength,

    /// <summary>The upstream refused the request; asking again is useless.</summary>
    Refused,

    /// <summary>The run's time was over before the model had finished.</summary>
    OutOfTime,
}
