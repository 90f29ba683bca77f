public import Delivery
public import FilterKit

/// What a run needs of its surroundings, every filter's edge has.
extension Edge: DeliveryEdge {}
