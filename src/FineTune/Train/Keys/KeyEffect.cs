namespace FineTune.Train.Keys;

/// <summary>What another value of a key does to the weights that a run ends with.</summary>
public enum KeyEffect
{
    /// <summary>They are others.</summary>
    Weights,

    /// <summary>It says where something lies: they are the same if that is.</summary>
    Place,

    /// <summary>They are the same up to rounding.</summary>
    Machine,

    /// <summary>Nothing.</summary>
    None,
}
